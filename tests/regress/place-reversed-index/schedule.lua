return function(m)
  m:stage("layer3.a18"):compute_at(m:stage("layer3.h20"), "n")
end
