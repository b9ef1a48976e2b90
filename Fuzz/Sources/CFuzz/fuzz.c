#include "fuzz.h"

// SwiftPM makes <module>_main the entry point of an executable, so libFuzzer's own main is not it.
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*callback)(const uint8_t *, size_t));

#define FUZZER(module)                                               \
  int module##_main(int argc, char **argv) {                         \
    return LLVMFuzzerRunDriver(&argc, &argv, LLVMFuzzerTestOneInput); \
  }

FUZZER(FuzzBits)
FUZZER(FuzzNALUnits)
FUZZER(FuzzPictureKinds)
FUZZER(FuzzCodecStrings)
FUZZER(FuzzJSON)
FUZZER(FuzzExpectations)
FUZZER(FuzzAMF)
FUZZER(FuzzFLVReader)
FUZZER(FuzzFLVBodies)
FUZZER(FuzzFLVInspector)
FUZZER(FuzzParameterSets)
FUZZER(FuzzCodecHeaders)
FUZZER(FuzzCapture)
FUZZER(FuzzPCMFiles)
FUZZER(FuzzY4M)
FUZZER(FuzzPictures)
FUZZER(FuzzRTP)
FUZZER(FuzzRTCP)
FUZZER(FuzzSDP)
FUZZER(FuzzInterleaved)
FUZZER(FuzzDepacketizers)
FUZZER(FuzzPacketizers)
FUZZER(FuzzRTMPChunks)
FUZZER(FuzzRTMPCommand)
FUZZER(FuzzRTSPClient)
FUZZER(FuzzRTSPHeaders)
FUZZER(FuzzRTSPServer)
