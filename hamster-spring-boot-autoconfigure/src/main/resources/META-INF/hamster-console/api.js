// Requests to the endpoints, and what their answers mean to a person.

const TIMEOUT_MILLIS = 15_000;
const ACCEPT = "application/vnd.spring-boot.actuator.v3+json, application/json";

/** Below the page's own root, which a proxy or a context path may have put anywhere. */
export function url(path, parameters = {}) {
  const target = new URL(`.${path}`, location.href.split(/[?#]/)[0]);
  Object.entries(parameters).forEach(([name, value]) => target.searchParams.set(name, value));
  return target;
}

/** A name as the rest of a path: slashes divide it. */
export function segments(name) {
  return name.split("/").map(encodeURIComponent).join("/");
}

function csrfToken() {
  const cookie = document.cookie.split("; ").find(each => each.startsWith("XSRF-TOKEN="));
  return cookie ? decodeURIComponent(cookie.slice("XSRF-TOKEN=".length)) : null;
}

/**
 * Sends a request. Never throws.
 *
 * @returns {kind: "ok", data} or {kind, message}, where kind is "signed-out", "forbidden", "missing", "refused",
 *     "unavailable" or "unreachable"
 */
export async function send(target, {method = "GET", body = null} = {}) {
  const headers = {Accept: ACCEPT, "X-Requested-With": "XMLHttpRequest"};
  const token = method === "GET" ? null : csrfToken();
  if (token) {
    headers["X-XSRF-TOKEN"] = token;
  }
  if (body) {
    headers["Content-Type"] = "application/json";
  }
  try {
    const response = await fetch(target, {
      method,
      headers,
      body: body ? JSON.stringify(body) : null,
      cache: "no-store",
      credentials: "same-origin",
      // A redirect leads to a login page, which is no answer.
      redirect: "manual",
      signal: AbortSignal.timeout(TIMEOUT_MILLIS)
    });
    return await answer(response, method);
  } catch (error) {
    return error.name === "TimeoutError"
      ? {kind: "unreachable", message: `No answer within ${TIMEOUT_MILLIS / 1000} s`}
      : {kind: "unreachable", message: "The server can't be reached"};
  }
}

async function answer(response, method) {
  if (response.type === "opaqueredirect" || response.status === 401) {
    return {kind: "signed-out", message: "You are not signed in"};
  }
  const isJson = /[/+]json/.test(response.headers.get("Content-Type") ?? "");
  if (response.ok) {
    if (response.status === 204) {
      return {kind: "ok", data: null};
    }
    return isJson
      ? {kind: "ok", data: await response.json()}
      : {kind: "unreachable", message: "Something else than the endpoint answered"};
  }
  const problem = isJson ? await response.json().catch(() => ({})) : {};
  const said = problem.error ?? problem.detail ?? problem.message;
  switch (response.status) {
    case 403:
      return {
        kind: "forbidden",
        message: method === "GET"
          ? "You may not see this: your role doesn't allow it (403)"
          : "The server refused this: your role doesn't allow it, or the CSRF token is missing (403)"
      };
    case 404:
      return {kind: "missing", message: said ?? "There is no such thing any more (404)"};
    case 503:
      return {kind: "unavailable", message: said ?? "The service is unavailable (503)"};
    default:
      return {kind: "refused", message: `${said ?? "The server answered with an error"} (${response.status})`};
  }
}
