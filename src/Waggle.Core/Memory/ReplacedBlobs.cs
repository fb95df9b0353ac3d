using Waggle.Core.Access;
using Waggle.Core.Kernel;

namespace Waggle.Core.Memory;

/// <summary>
/// The blobs that entries referred to until a put replaced or an end removed them, oldest first. It is in memory and bounded: what does not fit, and what a
/// restart forgets, is deleted by the sweep over all blobs. Only the owner's loop uses it.
/// </summary>
internal sealed class ReplacedBlobs
{
    /// <summary>The greatest number of blobs that it holds.</summary>
    public const int Capacity = 10_000;

    /// <summary>The greatest number of blobs that one sweep takes at a time.</summary>
    public const int Most = 200;

    private readonly Queue<(string Blob, DateTimeOffset At)> _noted = new();

    /// <summary>Adds the blob of an entry that ended or has another value; null for a value in the row.</summary>
    public void Note(string? blob, DateTimeOffset at)
    {
        if (blob is not null && _noted.Count < Capacity) _noted.Enqueue((blob, at));
    }

    public IReadOnlyList<string> Before(DateTimeOffset time) => [.. _noted.TakeWhile(n => n.At < time).Take(Most).Select(n => n.Blob)];

    /// <summary>Removes the oldest ones.</summary>
    public void Drop(int count)
    {
        for (; count > 0; count--) _noted.Dequeue();
    }
}

/// <summary>
/// Takes blobs whose entries were replaced or ended before a time. The sweep checks each again: another entry may refer to it, or a commit failed.
/// </summary>
internal sealed record TakeReplacedBlobs(DateTimeOffset Before) : Command<IReadOnlyList<string>>
{
    public override string Right => Permissions.ReadMemory;

    public override Decision<IReadOnlyList<string>> Decide(IHiveView view, in DecisionContext context) =>
        Decision.Of(view.View<IMemoryView>().ReplacedBlobs(Before));
}
