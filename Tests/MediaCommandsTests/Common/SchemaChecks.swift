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

/// Validates every document in a folder, and each of an array, against a schema.
private let validator = """
  import glob, json, sys, jsonschema
  root, name = sys.argv[1:]
  schema = json.load(open(root + "/schemas/" + name + ".json"))
  kind = jsonschema.validators.validator_for(schema)
  kind.check_schema(schema)
  validator = kind(schema)
  count = bad = 0
  for path in sorted(glob.glob(root + "/*.json")):
      whole = json.load(open(path))
      for document in whole if isinstance(whole, list) else [whole]:
          for error in list(validator.iter_errors(document))[:3]:
              print(path.split("/")[-1], list(error.absolute_path), error.message[:300])
              bad += 1
          count += 1
  print(count, "documents,", bad, "errors")
  sys.exit(bad > 0)
  """
