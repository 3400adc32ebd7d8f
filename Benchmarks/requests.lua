-- wrk: requests of one kind, WRK_ROUTE, of a shop of WRK_USERS users u000001… and WRK_PRODUCTS products P000001…, drawn evenly;
-- WRK_USER_FORM, WRK_PRODUCT_FORM and WRK_FIRST where ids look different.
local users = tonumber(os.getenv("WRK_USERS") or "100000")
local products = tonumber(os.getenv("WRK_PRODUCTS") or "1000")
local user_form = os.getenv("WRK_USER_FORM") or "u%06d"
local product_form = os.getenv("WRK_PRODUCT_FORM") or "P%06d"
local first = tonumber(os.getenv("WRK_FIRST") or "1")
local categories = { "Kitchen", "Living%20room", "Garden", "Office", "Bedroom", "Toys", "Books", "Lighting", "Bath", "Gifts", "Travel", "Seasonal" }

local function user() return string.format(user_form, math.random(first, first + users - 1)) end
local function product() return string.format(product_form, math.random(first, first + products - 1)) end

local routes = {
    recommendations = function() return wrk.format("GET", "/api/recommendations/" .. user()) end,
    product = function() return wrk.format("GET", "/api/products/" .. product()) end,
    -- Any third of the prices, of one category, on one of the first two pages.
    page = function()
        local low = math.random(5, 350)
        return wrk.format("GET", string.format(
            "/api/products?category=%s&min_price=%d&max_price=%d&in_stock=true&sort=%s&page=%d&page_size=20",
            categories[math.random(#categories)], low, low + 150, math.random(2) == 1 and "price" or "popular", math.random(2)))
    end,
    trending = function() return wrk.format("GET", "/api/trending?limit=20") end,
    similar = function() return wrk.format("GET", "/api/products/" .. product() .. "/similar") end,
    interaction = function()
        return wrk.format("POST", "/api/interactions", { ["Content-Type"] = "application/json" }, string.format(
            '{"user_id":"%s","product_id":"%s","interaction_type":"view"}', user(), product()))
    end,
}
local make = routes[os.getenv("WRK_ROUTE") or "recommendations"]

function init(args)
    math.randomseed(tonumber(os.getenv("WRK_SEED") or "1"))
end

function request()
    return make()
end

-- One line that a script can read: requests, seconds, p50 and p99 in milliseconds, answers that were not 2xx.
function done(summary, latency, requests)
    local errors = summary.errors
    io.write(string.format("RESULT %d %.3f %.3f %.3f %d\n", summary.requests, summary.duration / 1e6,
        latency:percentile(50) / 1000, latency:percentile(99) / 1000,
        errors.status + errors.connect + errors.read + errors.write + errors.timeout))
end
