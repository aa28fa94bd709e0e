import type { Hono } from 'hono';

/** What the middleware leaves for the routes. */
export interface AppEnv {
  Variables: {
    /** Id of this request, also sent as `x-request-id`. */
    requestId: string;
    /** Name of the API key, or `anonymous` where no keys are configured. */
    owner: string;
  };
}

/** The server's router. */
export type App = Hono<AppEnv>;

/** Adds routes to the server. */
export type RegisterRoutes = (app: App) => void;
