/** How a client authenticates (RFC 6749 §2.3.1, RFC 7523 §2.2); `none` is for a public client. */
export type ClientAuthMethod = (typeof clientAuthMethods)[number];

export const clientAuthMethods = ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'] as const;
