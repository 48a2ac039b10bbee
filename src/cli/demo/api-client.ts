/** The little of HTTP that the demo and the guides need. Any answer outside 2xx is an error that shows the problem. */
export type ApiClient = {
  readonly get: <T>(path: string) => Promise<T>;
  readonly post: <T>(path: string, body?: unknown) => Promise<T>;
  readonly put: <T>(path: string, body: unknown) => Promise<T>;
  readonly download: (path: string) => Promise<{ readonly fileName: string; readonly bytes: Uint8Array }>;
};

export class UnexpectedAnswer extends Error {
  override readonly name = 'UnexpectedAnswer';
  constructor(
    readonly status: number,
    request: string,
    problem: string,
  ) {
    super(`${request} answered ${status}: ${problem}`);
  }
}

export const apiClient = (baseUrl: string, token: string): ApiClient => {
  const call = async (method: string, path: string, body?: unknown): Promise<Response> => {
    const response = await fetch(`${baseUrl}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: body === undefined ? null : JSON.stringify(body),
    });
    if (!response.ok) throw new UnexpectedAnswer(response.status, `${method} ${path}`, await response.text());
    return response;
  };
  return {
    get: async <T>(path: string) => (await call('GET', path)).json() as Promise<T>,
    post: async <T>(path: string, body?: unknown) => (await call('POST', path, body)).json() as Promise<T>,
    put: async <T>(path: string, body: unknown) => (await call('PUT', path, body)).json() as Promise<T>,
    download: async (path) => {
      const response = await call('GET', path);
      const fileName = /filename="?([^";]+)/.exec(response.headers.get('content-disposition') ?? '')?.[1];
      if (fileName === undefined) throw new Error(`${path}: the download has no file name`);
      return { fileName, bytes: new Uint8Array(await response.arrayBuffer()) };
    },
  };
};
