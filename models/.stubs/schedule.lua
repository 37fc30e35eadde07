---@meta
-- The schedule language, for editors. Written by rnngen stubs; do not edit.
-- A schedule file returns function(m) ... end; above it stands ---@param m rnn.scheduled

---What code is made for; called with a name, it chooses: m:target("avx2").
---@class rnn.scheduled.target
---@overload fun(m: rnn.scheduled, name: "generic"|"avx2"|"avx512")
---@field name string
---@field lanes integer  of f32 in a vector
---@field registers integer  vectors that there are

---Packed weights.
---@class rnn.scheduled.weights
local weights = {}

---@class rnn.layer
---@field time rnn.recurrence
---@field [string] rnn.stage

---What a definition of the model becomes.
---@class rnn.stage
local stage = {}

---A time loop and the stages in it.
---@class rnn.recurrence
local recurrence = {}

---The model, to be scheduled; its stages are fields by the names of their tensors.
---@class rnn.scheduled
---@field time rnn.recurrence  where the model has one recurrence
---@field recurrences rnn.recurrence[]
---@field layers rnn.layer[]  scopes with a recurrence, in order of the model
---@field target rnn.scheduled.target
---@field weights rnn.scheduled.weights
---@field dims table<string, integer?>  nil: known at run time only
---@field settings table<string, integer>  of the model, such as a depth
---@field [string] rnn.stage
local scheduled = {}

---a number that --knob NAME=VALUE changes, one of the choices
---@param name string
---@param usual integer
---@param choices integer[]
---@return integer
function knob(name, usual, choices) end

---loop = outer * factor + inner; tail: what is done where the factor does not divide
---@param loop string
---@param outer string
---@param inner string
---@param factor integer
---@param tail? "guard"|"mask"|"shift"|"pad"
---@return rnn.stage
function stage:split(loop, outer, inner, factor, tail) end

---two splits and a reorder, as in Halide: yo > xo > yi > xi
---@param x string
---@param y string
---@param xo string
---@param yo string
---@param xi string
---@param yi string
---@param fx integer
---@param fy integer
---@param tail? "guard"|"mask"|"shift"|"pad"
---@return rnn.stage
function stage:tile(x, y, xo, yo, xi, yi, fx, fy, tail) end

---two neighbouring loops become one
---@param outer string
---@param inner string
---@param fused string
---@return rnn.stage
function stage:fuse(outer, inner, fused) end

---the whole nest, outermost first; a table lists siblings
---@param ... string|string[]
---@return rnn.stage
function stage:order(...) end

---some loops, innermost first
---@param ... string|string[]
---@return rnn.stage
function stage:reorder(...) end

---iterations one after another; constant extent
---@param ... string
---@return rnn.stage
function stage:unroll(...) end

---vectors of the target; with a factor: split by it, the inner part vectorized
---@param loop string
---@param factor? integer
---@param tail? "guard"|"mask"|"shift"|"pad"
---@return rnn.stage
function stage:vectorize(loop, factor, tail) end

---shared out among threads; with options: as OpenMP's clauses say
---@param loop string
---@param ... string|{ schedule: "static"|"dynamic"|"guided", chunk: integer? }
---@return rnn.stage
function stage:parallel(loop, ...) end

---asks for what the loop reads of the tensor so many iterations early
---@param tensor string
---@param loop string
---@param ahead integer
---@return rnn.stage
function stage:prefetch(tensor, loop, ahead) end

---every other step of time runs the loop backwards
---@param loop string
---@return rnn.stage
function stage:alternate(loop) end

---computed inside a loop of host, as much as is read there; with a recurrence: chunk by chunk of its time
---@param host rnn.stage|rnn.recurrence
---@param loop? string
---@return rnn.stage
function stage:compute_at(host, loop) end

---back to the root
---@return rnn.stage
function stage:compute_root() end

---shares all loops down to this one with a sibling
---@param sibling rnn.stage
---@param loop string
---@return rnn.stage
function stage:compute_with(sibling, loop) end

---the summand that reads the tensor becomes a stage outside the recurrence; that stage is returned
---@param name string
---@param tensor string
---@return rnn.stage
function stage:extract(name, tensor) end

---what a sum reads of the tensor, or makes of it for all elements alike, becomes a stage; that stage is returned
---@param name string
---@param tensor string
---@return rnn.stage
function stage:precompute(name, tensor) end

---the loop of a reduction becomes an axis of a stage of partial sums; that stage is returned
---@param loop string
---@param axis string
---@return rnn.stage
function stage:rfactor(loop, axis) end

---storage order of params for this use: indices, or i/B with i%B
---@param tensors string|string[]
---@param ... string
---@return rnn.stage
function stage:pack(tensors, ...) end

---keeps so many steps of time, in turn
---@param dim string
---@param rows integer
---@return rnn.stage
function stage:fold_storage(dim, rows) end

---what is computed inside lives in a loop further out, as much as one iteration of that needs
---@param host rnn.stage
---@param loop string
---@return rnn.stage
function stage:store_at(host, loop) end

---what is computed inside lives in the workspace, whole
---@return rnn.stage
function stage:store_root() end

---where an intermediate is kept; stream: vectors are written past the caches
---@param where "registers"|"stack"|"workspace"|"stream"
---@return rnn.stage
function stage:store_in(where) end

---of an axis; nil where it is known at run time only
---@param axis string
---@return integer?
function stage:extent(axis) end

---h = a h' + b over a long time: in registers, or by chunks of time in parallel; these need m:math { reassoc = true }
---@param options? { method: "sequential"|"reduce-expand"|"one-pass", chunk: integer, block: integer, overlap?: boolean }
---@return rnn.recurrence
function recurrence:scan(options) end

---time in chunks of so many steps; stages with compute_at(m.time) are computed for each
---@param steps integer
---@return rnn.recurrence
function recurrence:chunk(steps) end

---one team of threads for the whole sequence; pin: each on a core of its own
---@param options? { barrier: "omp"|"spin"|"flag", pin?: boolean }
---@return rnn.recurrence
function recurrence:persistent(options) end

---what a run-time dim is promised to be; the library refuses other sizes
---@param dim string
---@param min integer|{ min: integer?, max: integer?, multiple: integer? }
---@param max? integer
---@return rnn.scheduled
function scheduled:bound(dim, min, max) end

---all loops once more for these sizes of run-time dims, chosen when called; several calls: the first that fits
---@param sizes { [string]: integer }
---@return rnn.scheduled
function scheduled:specialize(sizes) end

---stacked recurrences side by side, on diagonals of layer and chunk of time; groups of threads share the loops of a layer
---@param options { chunk: integer, groups: integer?, skew: integer?, recurrences: string[]? }
---@return rnn.scheduled
function scheduled:wavefront(options) end

---a stage by the name of its tensor, "layer1.h"
---@param name string
---@return rnn.stage
function scheduled:stage(name) end

---the time loop that the stage belongs to
---@param name string
---@return rnn.recurrence
function scheduled:recurrence(name) end

---reassoc: sums may change their order; ulp: how exact exp, log, tanh and sigmoid are, 4 if nothing is said
---@param options { reassoc?: boolean, ulp?: 1|4 }
---@return rnn.scheduled
function scheduled:math(options) end

---the model that the schedule was made for
---@param model { version: integer?, model: string?, hash: string?, tensors: string[]? }
---@return rnn.scheduled
function scheduled:expects(model) end

---weights_pack asks the system for pages of 2 MiB
---@param where "huge-pages"
---@return rnn.scheduled.weights
function weights:store_in(where) end
