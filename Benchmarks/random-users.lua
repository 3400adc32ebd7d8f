-- wrk: GET /api/recommendations/{user} for users drawn evenly from all of them. WRK_USERS is their number.
local users = tonumber(os.getenv("WRK_USERS") or "100000")
local prefix = os.getenv("WRK_PATH") or "/api/recommendations/"

function init(args)
    math.randomseed(tonumber(os.getenv("WRK_SEED") or "1"))
end

function request()
    return wrk.format("GET", prefix .. string.format("u%06d", math.random(1, users)))
end

-- One line that a script can read: requests, seconds, p50 and p99 in milliseconds, answers that were not 200.
function done(summary, latency, requests)
    local errors = summary.errors
    io.write(string.format("RESULT %d %.3f %.3f %.3f %d\n", summary.requests, summary.duration / 1e6,
        latency:percentile(50) / 1000, latency:percentile(99) / 1000,
        errors.status + errors.connect + errors.read + errors.write + errors.timeout))
end
