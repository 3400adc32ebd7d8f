-- A shop for the serving benchmark: `users` customers with a list of 20 each in a live generation, `products` products, and `events`
-- events of the last 90 days, of product n in proportion to 1/n.
-- psql -v users=100000 -v products=1000 -v events=1000000 -f serving-data.sql, on a freshly migrated database, as its owner.
SET statement_timeout = 0;
INSERT INTO products (product_id, name, description, category, price_minor, stock, purchase_count, rating_count, rating_average)
SELECT 'P' || lpad(n::text, 6, '0'),
    initcap((ARRAY['vintage', 'ceramic', 'wooden', 'striped', 'enamel', 'woven', 'glass', 'hanging'])[1 + n % 8]) || ' '
        || initcap((ARRAY['lantern', 'teapot', 'cushion', 'basket', 'notebook', 'mirror'])[1 + n / 8 % 6]) || ' No. ' || n,
    'A thing for the home.',
    (ARRAY['Kitchen', 'Living room', 'Garden', 'Office', 'Bedroom', 'Toys', 'Books', 'Lighting', 'Bath', 'Gifts', 'Travel',
        'Seasonal'])[1 + n % 12],
    500 + n * 7919 % 49501, CASE WHEN n % 20 = 0 THEN 0 ELSE 50 END, n * 31 % 1000, 5, 1 + n * 13 % 41 / 10.0
FROM generate_series(1, :products) n;

INSERT INTO users (user_id, email, display_name)
SELECT 'u' || lpad(n::text, 6, '0'), 'u' || n || '@example.com', 'Customer ' || n FROM generate_series(1, :users) n;

SELECT setseed(0.5);
INSERT INTO interactions (event_id, user_key, product_key, interaction_type, timestamp)
SELECT 'e' || n, 1 + floor(random() * :users)::bigint, floor(exp(random() * ln(:products)))::bigint,
    (ARRAY['view', 'view', 'view', 'view', 'view', 'view', 'add_to_cart', 'add_to_cart', 'purchase']::interaction_type[])[1 + n % 9],
    now() - interval '90 days' * random()
FROM generate_series(1, :events) n;

INSERT INTO models (version, algorithm, artifact_path, sha256, data_cut, status)
VALUES ('m-benchmark', 'item_knn', 'models/m-benchmark/', repeat('0', 64), 0, 'live');
INSERT INTO generations (job_id, model_version, data_cut, status, list_count, live_at)
VALUES ('job-benchmark', 'm-benchmark', 0, 'live', :users, now());
INSERT INTO live (variant, generation, model_version)
SELECT 'default', generation, model_version FROM generations WHERE job_id = 'job-benchmark';

-- The partition as the batch makes it: loaded as a table of its own, key and check added, then attached.
SELECT generation FROM live WHERE variant = 'default' \gset
CREATE TABLE recommendation_cache_g:generation (LIKE recommendation_cache INCLUDING DEFAULTS);
INSERT INTO recommendation_cache_g:generation
    (generation, user_key, list, recommended_products, generated_at, data_cut, model_version)
SELECT :generation, u.id, 'discover',
    jsonb_build_object('v', 1,
        'p', (SELECT jsonb_agg(1 + (u.id * 7919 + i * 197) % :products ORDER BY i) FROM generate_series(0, 19) i),
        's', (SELECT jsonb_agg(round((1.0 / (1 + i) + (u.id % 97) / 1000.0)::numeric, 6) ORDER BY i) FROM generate_series(0, 19) i),
        'e', (SELECT jsonb_agg(1 + (u.id * 104729 + i * 389) % :products ORDER BY i) FROM generate_series(0, 19) i),
        'w', (SELECT jsonb_agg(round(0.2 + (u.id + i) % 60 / 100.0, 2) ORDER BY i) FROM generate_series(0, 19) i),
        't', (SELECT jsonb_agg(1700000000 + (u.id * 37 + i * 86413) % 20000000 ORDER BY i) FROM generate_series(0, 19) i)),
    now(), 0, 'm-benchmark'
FROM users u;
ALTER TABLE recommendation_cache_g:generation
    ADD PRIMARY KEY (generation, user_key, list), ADD CHECK (generation = :generation);
ALTER TABLE recommendation_cache ATTACH PARTITION recommendation_cache_g:generation FOR VALUES IN (:generation);
VACUUM ANALYZE products, users, interactions, recommendation_cache_g:generation, live, generations, models;
