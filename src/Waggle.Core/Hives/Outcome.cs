namespace Waggle.Core.Hives;

/// <summary>What a command's or a query's sender gets.</summary>
/// <param name="Value">Null where there is an error or no result.</param>
/// <param name="Head">Everything up to here, the command's own effect included, is durable.</param>
public readonly record struct Outcome<T>(T? Value, Error? Error, Protocol.Position Head)
{
    /// <summary>For what encodes results of any type.</summary>
    public static implicit operator Outcome(in Outcome<T> outcome) => new(outcome.Error is null ? outcome.Value : null, outcome.Error, outcome.Head);
}

/// <summary>An outcome of any type, for what encodes results by their type. Callers that use a result ask for an <see cref="Outcome{T}"/>.</summary>
public readonly record struct Outcome(object? Value, Error? Error, Protocol.Position Head);

/// <summary>Where outcomes go. Called on the owner's loop: it must not block.</summary>
public interface IOutcomeSink
{
    void Complete(object? tag, in Outcome outcome);
}
