import { useEffect, useState } from "react";
import { login, sampleUsers, whoAmI } from "../../api/endpoints";
import { useSession } from "../../api/session";
import type { SampleUser } from "../../api/types";
import { useQuery } from "../../lib/useQuery";
import { navigate, useSearchParams } from "../../lib/router";
import { PageHeading } from "../../ui/Page";
import { EmptyState, ErrorState, LoadingNote, reasonOf } from "../../ui/states";
import { toast } from "../../ui/toast";

/** Where to after signing in: a page of this shop, never another site. */
export function destination(to: string | null): string {
  return to !== null && /^\/(?![/\\])/.test(to) ? to : "/";
}

/** The sign-in page of whoever runs the shop, which is to lead back to this one. */
export function signInAddress(to: string): string {
  const back = encodeURIComponent(`/sign-in?to=${encodeURIComponent(to)}`);
  return `${SHOP_SIGN_IN_URL}${SHOP_SIGN_IN_URL.includes("?") ? "&" : "?"}post_login_redirect_uri=${back}`;
}

export function SignInPage() {
  const [params] = useSearchParams();
  const { userId, displayName, signIn, signOut } = useSession();
  const me = useQuery("/auth/me", whoAmI);
  const to = destination(params.get("to"));
  const { user, mode } = me.data ?? {};
  // Outside the demonstration the sign-in page of whoever runs the shop leads back to here.
  const isBack = user && mode !== "demo";
  useEffect(() => {
    if (!isBack) return;
    signIn(user.user_id, user.display_name ?? undefined, undefined);
    navigate(to, { replace: true });
  }, [isBack, user, signIn, to]);
  return (
    <div className="wrap sign-in">
      <PageHeading title="Who is shopping?" />
      {userId === undefined ? null : (
        <p className="lead">
          {`You are ${displayName ?? userId}. `}
          <button type="button" className="link" onClick={signOut}>Sign out</button>
        </p>
      )}
      {me.data === undefined ? (
        me.error === undefined ? <LoadingNote>Looking who you are</LoadingNote>
        : <ErrorState what="the way to sign in" error={me.error} onRetry={me.retry} />
      ) : mode === "demo" ? <SampleUsers to={to} /> : (
        <EmptyState title="Sign in with your account" action={<a className="button" href={signInAddress(to)}>Sign in</a>}>
          You will come back here afterwards.
        </EmptyState>
      )}
    </div>
  );
}

function SampleUsers({ to }: { to: string }) {
  const signIn = useSession((session) => session.signIn);
  const query = useQuery("/auth/sample-users", sampleUsers, { staleTime: 60_000 });
  const [signingIn, setSigningIn] = useState<string | undefined>();
  const enter = async ({ user_id }: SampleUser) => {
    if (signingIn !== undefined) return;
    setSigningIn(user_id);
    try {
      const { user, token } = await login(user_id);
      signIn(user.user_id, user.display_name ?? undefined, token);
      navigate(to, { replace: true });
    } catch (error) {
      setSigningIn(undefined);
      toast(reasonOf(error));
    }
  };
  if (query.data === undefined) {
    return query.error === undefined ? <LoadingNote>Fetching the customers</LoadingNote>
      : <ErrorState what="the sample customers" error={query.error} onRetry={query.retry} />;
  }
  if (query.data.items.length === 0) {
    return <EmptyState title="There are no customers yet.">Load some data, then come back.</EmptyState>;
  }
  return (
    <>
      <p className="lead">This is a demonstration: choose a customer and see the shop as they do.</p>
      <ul className="people">
        {query.data.items.map((user) => (
          <li key={user.user_id}>
            <button type="button" className="person" aria-disabled={signingIn !== undefined} onClick={() => void enter(user)}>
              <span className="person-initials" aria-hidden="true">{initials(user)}</span>
              <span>
                <b>{user.display_name ?? `Customer ${user.user_id}`}</b>
                <span className="small">{signingIn === user.user_id ? "Signing in …" : user.about}</span>
              </span>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

function initials({ display_name, user_id }: SampleUser): string {
  return (display_name ?? user_id).split(/\s+/).map((word) => word.charAt(0)).slice(0, 2).join("").toUpperCase();
}
