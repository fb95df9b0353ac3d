namespace Waggle.Core.Kernel;

/// <summary>A request that the store answers, outside the owner's loop. A record derives from it and holds the parameters.</summary>
/// <typeparam name="TResult">The result that the sender receives.</typeparam>
public abstract record Query<TResult>
{
    public required Principal By { get; init; }

    internal abstract Task<Outcome<TResult>> RunAsync(HiveReader reader, CancellationToken cancel);
}
