namespace Waggle.Core.Kernel;

/// <summary>The effect of a command: its records in order, and the result that its sender receives once the records are durable.</summary>
public abstract class Decision
{
    private protected Decision(IReadOnlyList<RecordData> records, Error? error)
    {
        Records = records;
        Error = error;
    }

    public IReadOnlyList<RecordData> Records { get; }

    public Error? Error { get; }

    /// <summary>The result, for code that encodes results of any type.</summary>
    public abstract object? Result { get; }

    public static Effect Nothing => new([], null);

    public static Decision<T> Of<T>(T value, params IReadOnlyList<RecordData> records) => new(records, value, null);

    /// <summary>Returns an effect without a result.</summary>
    public static Effect OfRecords(params IReadOnlyList<RecordData> records) => new(records, null);

    public static Effect Reject(string code, string message, long? retryAfterMs = null) => new([], new(code, message, retryAfterMs));

    /// <summary>Returns the error of another command's decision together with the records of that decision.</summary>
    public static Effect Reject(Error error, IReadOnlyList<RecordData> records) => new(records, error);

    /// <summary>Returns an error together with records, for a refusal that the log must hold (an orphan result).</summary>
    public static Effect RejectWith(string code, string message, params IReadOnlyList<RecordData> records) => new(records, new(code, message));
}

/// <inheritdoc/>
public sealed class Decision<T> : Decision
{
    private static readonly Decision<T> Empty = new([], default, null);

    internal Decision(IReadOnlyList<RecordData> records, T? value, Error? error)
        : base(records, error) => Value = value;

    /// <summary>The result; null for an error or an effect without a result.</summary>
    public T? Value { get; }

    public override object? Result => Value;

    public static implicit operator Decision<T>(Effect effect) =>
        effect is { Records.Count: 0, Error: null } ? Empty : new Decision<T>(effect.Records, default, effect.Error);
}

/// <summary>A decision without a result, for a command of any result type.</summary>
public readonly record struct Effect(IReadOnlyList<RecordData> Records, Error? Error);
