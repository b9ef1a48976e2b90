import TestSupport
import Testing

/// Expects every document in a folder to match the generated schema of this name.
func expectSchema(_ name: String, in folder: ScratchFolder) throws {
  let made = try Mediatool.run(["__generate", "schemas", folder.path])
  try #require(made.ending == .exit(0), "\(made)")
  let check = try ProcessRunner.run(Peers.python, ["-c", validator, folder.path, name])
  #expect(check.ending == .exit(0), "\(check)")
  print("JSON Schema: \(check.output)", terminator: "")
}

/// Validates every document in a folder, each of an array, and each line of `.jsonl`, against a schema.
///
/// A line is a document, an element of one of its lists, or an event; the event `report` is a document.
private let validator = """
  import glob, json, sys, jsonschema
  root, name = sys.argv[1:]
  schema = json.load(open(root + "/schemas/" + name + ".json"))
  kind = jsonschema.validators.validator_for(schema)
  kind.check_schema(schema)
  validator = kind(schema)
  forms = [part for form in [schema] + schema.get("anyOf", []) for part in form.get("properties", {}).values()]
  items = [kind(form["items"]) for part in forms for form in [part] + part.get("anyOf", []) if "items" in form]
  count = bad = 0
  def complain(path, place, text):
      global bad
      print(path.split("/")[-1], place, text[:300])
      bad += 1
  for path in sorted(glob.glob(root + "/*.json")):
      whole = json.load(open(path))
      for document in whole if isinstance(whole, list) else [whole]:
          for error in list(validator.iter_errors(document))[:3]:
              complain(path, list(error.absolute_path), error.message)
          count += 1
  for path in sorted(glob.glob(root + "/*.jsonl")):
      documents = 0
      for text in open(path):
          line = json.loads(text)
          event = line.pop("event", None)
          if event == "report":
              del line["time"]
          if event in (None, "report"):
              documents += validator.is_valid(line)
              if not any(form.is_valid(line) for form in [validator] + items):
                  complain(path, event, text)
          elif not isinstance(event, str) or "time" not in line:
              complain(path, event, text)
          count += 1
      if documents > 1:
          complain(path, "documents:", str(documents))
  print(count, "documents,", bad, "errors")
  sys.exit(bad > 0 or count == 0)
  """
