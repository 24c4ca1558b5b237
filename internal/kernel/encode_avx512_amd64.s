#include "textflag.h"
#define W 64
#define TILE ·tileAVX512
#define UNPACK ·unpackAVX512
#define GELU ·geluAVX512
#define SOFTMAX ·softmaxAVX512
#define NORM ·normAVX512
#define Y0 Z0
#define Y1 Z1
#define Y2 Z2
#define Y3 Z3
#define Y4 Z4
#define Y5 Z5
#define Y6 Z6
#define Y7 Z7
#define Y8 Z8
#define Y9 Z9
#define Y10 Z10
#define Y11 Z11
#define Y12 Z12
#define Y13 Z13
#define Y14 Z14
#define Y15 Z15
#define FOLD(op) \
	VSHUFF64X2 $0x4E, Z0, Z0, Z1 \
	op         Z1, Z0, Z0        \
	VSHUFF64X2 $0xB1, Z0, Z0, Z1 \
	op         Z1, Z0, Z0
#include "body_amd64.h"
