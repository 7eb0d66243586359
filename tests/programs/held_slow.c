#include "held.h"
const struct held_program slow_programs[] = { { 0 } };
