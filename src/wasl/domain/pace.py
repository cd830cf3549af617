"""How fast something may happen: a token bucket over a clock that the caller reads."""

from dataclasses import dataclass


@dataclass(slots=True)
class Pace:
    """At most `per_second` on average, with bursts of up to `burst`."""

    per_second: float
    burst: float
    tokens: float
    at_seconds: float

    @classmethod
    def full(cls, per_second: float, burst: float, now_seconds: float) -> "Pace":
        """A bucket that nothing has been taken from."""
        return cls(per_second, burst, burst, now_seconds)

    def take(self, now_seconds: float) -> float:
        """Take a token. The result is 0, or how many seconds are missing until there is one; then none was taken."""
        elapsed = max(0.0, now_seconds - self.at_seconds)
        self.tokens = min(self.burst, self.tokens + elapsed * self.per_second)
        self.at_seconds = now_seconds
        if self.tokens >= 1.0:
            self.tokens -= 1.0
            return 0.0
        return (1.0 - self.tokens) / self.per_second
