-- Begins a new epoch.
-- KEYS: state, epoch.  ARGV: epoch.
epoch = math.max(epoch + 1, micros())
begin(epoch)
return {1, epoch}
