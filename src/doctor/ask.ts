export interface Asked {
  status: number;
  headers: Headers;
  body: Record<string, unknown> | unknown[] | null;
}

/** One HTTP call with a time limit; the body is read as JSON where it is. Rejects when nobody answers. */
export async function ask(
  url: string,
  options: { method?: string; headers: Record<string, string>; body?: string },
): Promise<Asked> {
  const answer = await fetch(url, { ...options, redirect: 'manual', signal: AbortSignal.timeout(8_000) });
  const text = await answer.text();
  let body: Asked['body'] = null;
  try {
    body = JSON.parse(text) as Asked['body'];
  } catch {
    // A page of a proxy; the status says enough.
  }
  return { status: answer.status, headers: answer.headers, body };
}
