/** For an attempt whose body cannot be sent again. */
export const notReplayedNote =
  '; it was not tried again, because its body was a stream, which is used up by sending it';

/** For a redirect that comes after such a body. */
export const redirectedStream = 'its request had a stream for a body, which is sent once';
