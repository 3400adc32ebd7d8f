import assert from "node:assert/strict";
import { test } from "node:test";
import { ApiError, apiUrl, request } from "../../src/api/client";

function answerWith(status: number, body: string, type = "application/json") {
  globalThis.fetch = async () => new Response(body, { status, headers: { "Content-Type": type } });
}

async function failure(run: Promise<unknown>): Promise<ApiError> {
  const error = await run.then(() => undefined, (reason: unknown) => reason);
  assert.ok(error instanceof ApiError, String(error));
  return error;
}

test("queries leave out what is not set and repeat lists", () => {
  const query = { category: ["Home & Kitchen", "Pets"], page: 2, search: "", in_stock: undefined };
  assert.equal(apiUrl("/products", query), "/api/products?category=Home+%26+Kitchen&category=Pets&page=2");
});

test("a problem keeps its kind, its words and its faults", async () => {
  const problem = {
    type: "urn:recommender-shop:problem:invalid-body", title: "Wrong", status: 400, detail: "user_id is missing",
    errors: [{ pointer: "#/0/user_id", detail: "user_id is missing" }],
  };
  answerWith(400, JSON.stringify(problem), "application/problem+json");
  const error = await failure(request("/interactions"));
  assert.deepEqual([error.kind, error.status, error.message, error.isTransient], ["invalid-body", 400, "user_id is missing", false]);
  assert.equal(error.faults[0]?.pointer, "#/0/user_id");
});

test("a login page of the platform is no data", async () => {
  answerWith(200, "<html>", "text/html");
  assert.equal((await failure(request("/users/u"))).kind, "not-json");
});

test("a gateway's page and a cut answer are errors that may pass", async () => {
  answerWith(502, "<html>", "text/html");
  assert.equal((await failure(request("/products"))).isTransient, true);
  answerWith(200, '{"items":[');
  assert.equal((await failure(request("/products"))).kind, "unreadable");
});

test("no network is told apart from a request that was called off", async () => {
  globalThis.fetch = async (_url, init) => {
    init?.signal?.throwIfAborted();
    throw new TypeError("Failed to fetch");
  };
  assert.equal((await failure(request("/products"))).kind, "offline");
  const controller = new AbortController();
  globalThis.fetch = (_url, init) =>
    new Promise((_resolve, reject) => init?.signal?.addEventListener("abort", () => reject(new DOMException("", "AbortError"))));
  const called = request("/products", { signal: controller.signal });
  controller.abort();
  await assert.rejects(called, { name: "AbortError" });
});
