import assert from "node:assert/strict";
import { test } from "node:test";
import { fakeStorage } from "./fakeStorage";

const storage = fakeStorage();
const visit = fakeStorage();
Object.assign(globalThis, { localStorage: storage, sessionStorage: visit });
const { firstTime, hasViewed, useSession, visitId } = await import("../../src/api/session");

test("something happens for the first time once in a visit", () => {
  assert.equal(hasViewed(), false);
  assert.equal(firstTime("view:P-1"), true);
  assert.equal(firstTime("view:P-1"), false);
  assert.equal(firstTime("view:P-2"), true);
  assert.equal(hasViewed(), true);
});

test("a visit keeps its id until its tab is closed", () => {
  const id = visitId();
  assert.match(id, /^s-[0-9a-f]{32}$/);
  assert.equal(visitId(), id);
  visit.clear();
  assert.equal(firstTime("view:P-1"), false, "this tab's memory still knows");
});

test("signing out forgets who shopped, here and in storage, and tells the API", () => {
  const called: string[] = [];
  globalThis.fetch = async (url) => {
    called.push(String(url));
    return new Response(null, { status: 204 });
  };
  useSession.getState().signIn("U-1", "Anna Clarke", undefined);
  assert.match(storage.getItem("shop.session") ?? "", /U-1/);
  useSession.getState().signOut();
  assert.equal(useSession.getState().userId, undefined);
  assert.doesNotMatch(storage.getItem("shop.session") ?? "", /U-1/);
  assert.deepEqual(called, ["/api/auth/logout"]);
});
