// An access token and the refresh token that succeeds it, as they are handed out together.

export interface TokenPair {
  readonly accessToken: string;
  readonly refreshToken: string;
  /** Lifetime of the access token, in seconds. */
  readonly accessTokenSeconds: number;
  /** Lifetime of the refresh token, in seconds. */
  readonly refreshTokenSeconds: number;
}
