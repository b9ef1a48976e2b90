import MediaJSON
import Testing

@Test func keysKeepTheirPlace() {
  var object: JSONObject = ["b": 1, "a": 2, "c": 3]
  object["a"] = 20
  object["d"] = 4
  #expect(object.keys == ["b", "a", "c", "d"])
  #expect(object["a"] == 20)
  object["b"] = nil
  object["nothing"] = nil
  #expect(object.keys == ["a", "c", "d"])
  object["b"] = 5
  #expect(object.keys == ["a", "c", "d", "b"])
  #expect(object.map(\.key) == object.keys)
  #expect(object.map(\.value) == [20, 3, 4, 5])
}

@Test func nullIsAValueAndNilIsNone() {
  var object: JSONObject = ["a": .null]
  #expect(object["a"] == .some(.null))
  #expect(object["b"] == nil)
  object["a"] = .some(.null)
  #expect(object.count == 1)
}

@Test func orderCountsInEquality() {
  #expect(JSONValue.object(["a": 1, "b": 2]) != ["b": 2, "a": 1])
  #expect(JSONValue.object(["a": 1, "b": 2]) == ["a": 1, "b": 2])
}

@Test func manyKeysBehaveAsFewDo() {
  for count in [0, 1, 15, 16, 17, 18, 100] {
    var object = JSONObject()
    for number in 0..<count { object["k\(number)"] = .integer(Int64(number)) }
    for number in 0..<count { #expect(object["k\(number)"] == .integer(Int64(number))) }
    #expect(object["k\(count)"] == nil)
    for number in stride(from: 0, to: count, by: 2) { object["k\(number)"] = nil }
    #expect(object.keys == stride(from: 1, to: count, by: 2).map { "k\($0)" })
    for number in stride(from: 1, to: count, by: 2) {
      #expect(object["k\(number)"] == .integer(Int64(number)))
    }
  }
}

@Test func keysAreComparedByBytes() {
  let composed = "\u{e9}"
  let decomposed = "e\u{301}"
  var object = JSONObject()
  object[composed] = 1
  object[decomposed] = 2
  #expect(object.count == 2)
  #expect(object[composed] == 1)
  for number in 0..<20 { object["k\(number)"] = 0 }
  #expect(object[decomposed] == 2)
}

@Test func valuesAreReachedByNameAndIndex() {
  let value: JSONValue = ["a": [1, 2.5, "x", true, .null], "b": ["c": 1]]
  #expect(value["a"]?[0]?.integer == 1)
  #expect(value["a"]?[-1] == .some(.null))
  #expect(value["a"]?[-5] == 1)
  #expect(value["a"]?[5] == nil)
  #expect(value["a"]?[-6] == nil)
  #expect(value["a"]?[1]?.number == 2.5)
  #expect(value["a"]?[0]?.number == 1)
  #expect(value["a"]?[2]?.string == "x")
  #expect(value["a"]?[3]?.bool == true)
  #expect(value["b"]?["c"] == 1)
  #expect(value["b"]?[0] == nil)
  #expect(value["a"]?["c"] == nil)
  #expect(value["a"]?.array?.count == 5)
  #expect(value["a"]?.object == nil)
}
