using Waggle.Protocol.Json;

namespace Waggle.Dialects.ClaudeZen;

/// <summary>
/// The one answer to a <c>subscribe</c> with an id: a response when the last of its subscriptions has begun, or the first error. Thread-safe, except
/// <see cref="Await"/>, which comes before the answers.
/// </summary>
/// <param name="names">The channels and patterns that the response has.</param>
internal sealed class Confirmation(RawJson id, IReadOnlyList<string> names)
{
    private int _awaited;
    private int _settled;

    public RawJson Id => id;

    public IReadOnlyList<string> Names => names;

    /// <summary>Whether the answer to a subscription is still to come.</summary>
    public bool IsAwaited => Volatile.Read(ref _awaited) > 0;

    /// <summary>Adds a subscription.</summary>
    public void Await() => _awaited++;

    /// <summary>Counts a subscription that has begun.</summary>
    /// <returns>Whether it was the last one.</returns>
    public bool IsLast() => Interlocked.Decrement(ref _awaited) == 0;

    /// <returns>False: the message has its answer already.</returns>
    public bool TrySettle() => Interlocked.Exchange(ref _settled, 1) == 0;
}
