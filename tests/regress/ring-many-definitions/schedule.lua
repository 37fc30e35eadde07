return function(m)
end
