#include "held.h"
const struct held_program stop_programs[] = { { 0 } };
