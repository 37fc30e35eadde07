-- rnngen show model THIS
-- error[sandbox] THIS:3: require reaches no such name
require('../../../../etc/passwd')
