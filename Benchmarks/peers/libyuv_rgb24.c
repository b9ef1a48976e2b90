// The peer for yuv420p to rgb24 on one thread: libyuv by BT.709, frame by frame from a file.
#include <libyuv.h>
#include <stdio.h>
#include <stdlib.h>

int main(int count, char **arguments) {
  if (count != 5) return 64;
  int width = atoi(arguments[1]), height = atoi(arguments[2]);
  size_t luma = (size_t)width * height, chroma = (size_t)((width + 1) / 2) * ((height + 1) / 2);
  size_t bytes = luma + 2 * chroma;
  uint8_t *yuv = malloc(bytes), *rgb = malloc(3 * luma);
  FILE *input = fopen(arguments[3], "rb"), *output = fopen(arguments[4], "wb");
  if (!yuv || !rgb || !input || !output) return 66;
  setvbuf(input, NULL, _IONBF, 0);
  setvbuf(output, NULL, _IONBF, 0);
  while (fread(yuv, 1, bytes, input) == bytes) {
    // RGB24 of libyuv is blue first: the matrix for exchanged chroma makes it red first.
    I420ToRGB24Matrix(yuv, width, yuv + luma + chroma, (width + 1) / 2, yuv + luma, (width + 1) / 2,
                      rgb, 3 * width, &kYvuH709Constants, width, height);
    fwrite(rgb, 1, 3 * luma, output);
  }
  return 0;
}
