return require("helper.circle")
