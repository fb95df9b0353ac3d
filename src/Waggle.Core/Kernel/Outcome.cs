namespace Waggle.Core.Kernel;

/// <summary>The reply to the sender of a command or a query.</summary>
/// <param name="Value">The result; null for an error or an effect without a result.</param>
/// <param name="Head">The position up to which everything is durable, including the command's own effect.</param>
public readonly record struct Outcome<T>(T? Value, Error? Error, Protocol.Position Head)
{
    /// <summary>Converts the outcome for code that encodes results of any type.</summary>
    public static implicit operator Outcome(in Outcome<T> outcome) => new(outcome.Error is null ? outcome.Value : null, outcome.Error, outcome.Head);
}

/// <summary>An outcome of any type, for code that encodes results by their type. A caller that uses the result asks for an <see cref="Outcome{T}"/>.</summary>
public readonly record struct Outcome(object? Value, Error? Error, Protocol.Position Head);

/// <summary>The destination of outcomes. The owner's loop calls it, so an implementation must not block.</summary>
public interface IOutcomeSink
{
    void Complete(object? tag, in Outcome outcome);
}
