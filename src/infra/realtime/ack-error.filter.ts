import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { EventReply } from './event-reply.js';

/** Turns whatever a gateway method throws into the error of its acknowledgement. */
@Catch()
export class AckErrorFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    // The dispatcher passes the reply beside the payload.
    host.getArgByIndex<EventReply>(2).fail(error);
  }
}
