/** Appended to the message of an attempt whose body cannot be sent again. */
export const notReplayedNote = '; it was not retried, because its body was a stream, which can be sent only once';

/** For a redirect that comes after such a body. */
export const redirectedStream = 'the body of its request was a stream, which can be sent only once';
