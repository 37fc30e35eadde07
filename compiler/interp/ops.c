/* ops.c · the value of each operation in float64, for both interpreters and for folding of numbers
 *
 * Conditions are 0 and 1. fma rounds twice here: the reference is for judging results, not for their last bit. */
#include "ir/ir.h"

#include <math.h>

double op_eval(enum op op, double a, double b, double d)
{
	switch (op) {
	case OP_ADD:     return a + b;
	case OP_SUB:     return a - b;
	case OP_MUL:     return a * b;
	case OP_DIV:     return a / b;
	case OP_NEG:     return -a;
	case OP_FMA:     return a * b + d;
	case OP_MAX:     return a > b ? a : b;
	case OP_MIN:     return a < b ? a : b;
	case OP_ABS:     return fabs(a);
	case OP_SQRT:    return sqrt(a);
	case OP_FLOOR:   return floor(a);
	case OP_EXP:     return exp(a);
	case OP_LOG:     return log(a);
	case OP_TANH:    return tanh(a);
	case OP_SIGMOID: return 1 / (1 + exp(-a));
	case OP_RELU:    return a > 0 ? a : 0;
	case OP_LT:      return a < b;
	case OP_LE:      return a <= b;
	case OP_GT:      return a > b;
	case OP_GE:      return a >= b;
	case OP_EQ:      return a == b;
	case OP_NE:      return a != b;
	case OP_AND:     return a != 0 && b != 0;
	case OP_OR:      return a != 0 || b != 0;
	case OP_NOT:     return a == 0;
	case OP_WHERE:   return a != 0 ? b : d;
	case OP_PAD: case OP_COUNT: break;
	}
	return NAN;
}
