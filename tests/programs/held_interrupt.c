#include "held.h"
const struct held_program interrupt_programs[] = { { 0 } };
