#include "textflag.h"
#define W 32
#define TILE ·tileAVX2
#define UNPACK ·unpackAVX2
#define GELU ·geluAVX2
#define SOFTMAX ·softmaxAVX2
#define NORM ·normAVX2
#define FOLD(op) \
	VPERM2F128 $1, Y0, Y0, Y1 \
	op         Y1, Y0, Y0
#include "body_amd64.h"
