-- rnngen show model THIS
-- error[lua] THIS:3: pattern too complex
(('a'):rep(1000)):find(('a?'):rep(1000))
