#include "ckernels.h"

#include <math.h>

double ckernels_sin(double x) { return sin(x); }
double ckernels_cos(double x) { return cos(x); }
double ckernels_tan(double x) { return tan(x); }
double ckernels_pow(double x, double y) { return pow(x, y); }
double ckernels_log10(double x) { return log10(x); }
