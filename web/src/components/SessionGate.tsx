import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, Suspense, useEffect, useState } from "react";
import { isApiError, refresh } from "../api/client";
import { followOtherTabs, useMe, useSessionState } from "../api/session";
import { ErrorPanel } from "./ErrorPanel";
import { lazyPart } from "./parts";
import classes from "./SessionGate.module.css";

const FirstPasswordPage = lazyPart(() => import("../pages/Login/FirstPasswordPage"), "entry");
const FirstSecondFactorPage = lazyPart(() => import("../pages/Login/FirstSecondFactorPage"), "entry", "more");
const InvitationPage = lazyPart(() => import("../pages/Login/InvitationPage"), "entry", "more");
const LoginPage = lazyPart(() => import("../pages/Login/LoginPage"), "entry");
const SignInAgain = lazyPart(() => import("./SignInAgain"), "entry");

const RETRY_MS = 2_000;

/** Where the link of an invitation leads: there is no session yet, or somebody else's. */
const INVITATION_PATH = "/invite";

export function SessionGate({ children }: { children: ReactNode }) {
  if (window.location.pathname !== INVITATION_PATH) return <SignedInOnly>{children}</SignedInOnly>;
  return (
    <Suspense>
      <InvitationPage />
    </Suspense>
  );
}

/** Lets nobody in without a session, and keeps the page (address, half-filled form) under a sign-in that interrupts it. */
function SignedInOnly({ children }: { children: ReactNode }) {
  const state = useSessionState();
  const me = useMe();
  const queryClient = useQueryClient();
  const outage = useSilentSignIn(state === "unknown");
  useEffect(() => followOtherTabs(queryClient), [queryClient]);

  if (state === "unknown") {
    return outage === null ? null : (
      <div className={classes.outage}>
        <ErrorPanel error={outage} />
      </div>
    );
  }
  if (state === "anonymous") {
    return (
      <Suspense>
        <LoginPage />
      </Suspense>
    );
  }
  return (
    <>
      <Suspense>
        {me?.mustChangePassword ? (
          <FirstPasswordPage />
        ) : me?.mustSetUpSecondFactor ? (
          <FirstSecondFactorPage />
        ) : (
          children
        )}
      </Suspense>
      <Suspense>{state === "expired" && <SignInAgain />}</Suspense>
    </>
  );
}

/** Asks for a token by the cookie; while the server does not answer it tries again and says so. */
function useSilentSignIn(isWanted: boolean): unknown {
  const [outage, setOutage] = useState<unknown>(null);
  useEffect(() => {
    if (!isWanted) return;
    let timer: ReturnType<typeof setTimeout>;
    const attempt = (): void => {
      refresh().catch((error: unknown) => {
        if (isApiError(error) && error.status === 401) return;
        setOutage(error);
        timer = setTimeout(attempt, RETRY_MS);
      });
    };
    attempt();
    return () => clearTimeout(timer);
  }, [isWanted]);
  return outage;
}
