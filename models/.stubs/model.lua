---@meta
-- The model language, for editors. Written by rnngen stubs; do not edit.

---@alias rnn.extent rnn.axis|integer
---@alias rnn.number rnn.expr|rnn.axis|rnn.tensor|number
---@alias rnn.index rnn.axis|rnn.tensor|integer

---A dim, an axis, or whole-number arithmetic on them.
---@class rnn.axis
---@operator add(rnn.extent): rnn.axis
---@operator sub(rnn.extent): rnn.axis
---@operator mul(rnn.extent): rnn.axis
---@operator unm: rnn.axis
---@operator add(rnn.number): rnn.expr
---@operator sub(rnn.number): rnn.expr
---@operator mul(rnn.number): rnn.expr
---@operator div(rnn.number): rnn.expr

---@class rnn.expr
---@operator add(rnn.number): rnn.expr
---@operator sub(rnn.number): rnn.expr
---@operator mul(rnn.number): rnn.expr
---@operator div(rnn.number): rnn.expr
---@operator unm: rnn.expr

---A tensor with some of its indices, h[t-1]; with all of them it is a number.
---@class rnn.tensor: rnn.expr
---@field [rnn.index] rnn.tensor|rnn.expr|number
---@field pad fun(self: rnn.tensor, value: number): rnn.tensor  reads outside the extents give this value

---A type; called with an expression it converts.
---@class rnn.type
---@overload fun(x: rnn.number): rnn.expr

---@type rnn.type
f32 = nil
---@type rnn.type
f64 = nil
---@type rnn.type
i32 = nil
---@type rnn.type
i64 = nil
---@type rnn.type
bool = nil

---a size: fixed by value or --set, else an argument at run time
---
---    dim(name, value?)
---@param name string
---@param value? integer
---@return rnn.axis
function dim(name, value) end

---several sizes without a value
---
---    dims(name, ...)
---@param name string
---@param ... string
---@return rnn.axis ...
function dims(name, ...) end

---an index; its extent follows from the dims that it indexes
---
---    axis(name, extent?)
---@param name string
---@param extent? rnn.extent
---@return rnn.axis
function axis(name, extent) end

---several indices
---
---    axes(name, ...)
---@param name string
---@param ... string
---@return rnn.axis ...
function axes(name, ...) end

---the axis along which sequences run; lengths[n] steps are valid, where reset[t][n] is set a sequence starts anew
---
---    time(name, dim, { lengths =, reset = }?)
---@param name string
---@param dim rnn.extent
---@param options? { lengths: rnn.tensor?, reset: rnn.tensor? }
---@return rnn.axis
function time(name, dim, options) end

---a whole number for Lua, which --set can change
---
---    setting(name, default)
---@param name string
---@param default integer
---@return integer
function setting(name, default) end

---a tensor that the caller passes with each run
---
---    input(name, type, dims)
---@param name string
---@param type rnn.type
---@param dims rnn.extent[]
---@return rnn.tensor
function input(name, type, dims) end

---a tensor of weights
---
---    param(name, type, dims)
---@param name string
---@param type rnn.type
---@param dims rnn.extent[]
---@return rnn.tensor
function param(name, type, dims) end

---a tensor that the model defines
---
---    func(name, type, dims)
---@param name string
---@param type rnn.type
---@param dims rnn.extent[]
---@return rnn.tensor
function func(name, type, dims) end

---a tensor that the model defines and carries between runs
---
---    state(name, type, dims)
---@param name string
---@param type rnn.type
---@param dims rnn.extent[]
---@return rnn.tensor
function state(name, type, dims) end

---calls f; tensors declared in it are called NAME.tensor
---
---    scope(name, f)
---@param name string
---@param f fun(): ...
---@return any ...
function scope(name, f) end

---the sum of x over one axis or a list of axes
---
---    sum(axes, x)
---@param axes rnn.axis|rnn.axis[]
---@param x rnn.number
---@return rnn.expr
function sum(axes, x) end

---the product of x over axes
---
---    prod(axes, x)
---@param axes rnn.axis|rnn.axis[]
---@param x rnn.number
---@return rnn.expr
function prod(axes, x) end

---the largest x over axes
---
---    amax(axes, x)
---@param axes rnn.axis|rnn.axis[]
---@param x rnn.number
---@return rnn.expr
function amax(axes, x) end

---the smallest x over axes
---
---    amin(axes, x)
---@param axes rnn.axis|rnn.axis[]
---@param x rnn.number
---@return rnn.expr
function amin(axes, x) end

---where over axes x is largest, an i32; the first such place
---
---    argmax(axes, x)
---@param axes rnn.axis|rnn.axis[]
---@param x rnn.number
---@return rnn.expr
function argmax(axes, x) end

---the same as tensor = x with brackets; for tensors without dims
---
---    define(tensor, x)
---@param tensor rnn.tensor
---@param x rnn.number
function define(tensor, x) end

---ends the file: what the model is
---
---    model{ name=, inputs=, outputs=, states= }
---@param options { name: string, inputs: rnn.tensor[]?, outputs: rnn.tensor[]?, states: rnn.tensor[]? }
---@return table
function model(options) end

---elementwise, of two numbers
---
---    max(a, b)
---@param a rnn.number
---@param b rnn.number
---@return rnn.expr
function max(a, b) end

---elementwise, of two numbers
---
---    min(a, b)
---@param a rnn.number
---@param b rnn.number
---@return rnn.expr
function min(a, b) end

---elementwise
---
---    abs(x)
---@param x rnn.number
---@return rnn.expr
function abs(x) end

---elementwise
---
---    sqrt(x)
---@param x rnn.number
---@return rnn.expr
function sqrt(x) end

---elementwise
---
---    floor(x)
---@param x rnn.number
---@return rnn.expr
function floor(x) end

---elementwise
---
---    exp(x)
---@param x rnn.number
---@return rnn.expr
function exp(x) end

---elementwise
---
---    log(x)
---@param x rnn.number
---@return rnn.expr
function log(x) end

---elementwise
---
---    tanh(x)
---@param x rnn.number
---@return rnn.expr
function tanh(x) end

---elementwise
---
---    sigmoid(x)
---@param x rnn.number
---@return rnn.expr
function sigmoid(x) end

---elementwise
---
---    relu(x)
---@param x rnn.number
---@return rnn.expr
function relu(x) end

---a condition on two numbers
---
---    lt(a, b)
---@param a rnn.number
---@param b rnn.number
---@return rnn.expr
function lt(a, b) end

---a condition on two numbers
---
---    le(a, b)
---@param a rnn.number
---@param b rnn.number
---@return rnn.expr
function le(a, b) end

---a condition on two numbers
---
---    gt(a, b)
---@param a rnn.number
---@param b rnn.number
---@return rnn.expr
function gt(a, b) end

---a condition on two numbers
---
---    ge(a, b)
---@param a rnn.number
---@param b rnn.number
---@return rnn.expr
function ge(a, b) end

---a condition on two numbers
---
---    eq(a, b)
---@param a rnn.number
---@param b rnn.number
---@return rnn.expr
function eq(a, b) end

---a condition on two numbers
---
---    ne(a, b)
---@param a rnn.number
---@param b rnn.number
---@return rnn.expr
function ne(a, b) end

---a condition on conditions
---
---    land(a, b)
---@param a rnn.number
---@param b rnn.number
---@return rnn.expr
function land(a, b) end

---a condition on conditions
---
---    lor(a, b)
---@param a rnn.number
---@param b rnn.number
---@return rnn.expr
function lor(a, b) end

---a condition on conditions
---
---    lnot(x)
---@param x rnn.number
---@return rnn.expr
function lnot(x) end

---the second where the condition holds, else the third
---
---    where(condition, a, b)
---@param condition rnn.number
---@param a rnn.number
---@param b rnn.number
---@return rnn.expr
function where(condition, a, b) end
