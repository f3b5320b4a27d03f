import { Inject } from '@nestjs/common';

/** What a client is provided under, such as for `app.get(clientToken('orders'))`. */
export const clientToken = (name: string): string => `bearings:client:${name}`;

/** Injects a client by its name, as in `constructor(@InjectClient('orders') orders: Client)`. */
export const InjectClient = (name: string): ReturnType<typeof Inject> => Inject(clientToken(name));
