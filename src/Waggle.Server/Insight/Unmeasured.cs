namespace Waggle.Server.Insight;

/// <summary>The reasons why figures of a reading are null.</summary>
internal sealed class Unmeasured
{
    public const string FirstReading = "a rate needs a reading before it; this is the first";

    private readonly Dictionary<string, string> _reasons = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, string> Reasons => _reasons;

    /// <summary>Returns the value and notes the reason if it is null.</summary>
    public double? Note(string metric, double? value, string reason)
    {
        if (value is null) _reasons[metric] = reason;
        return value;
    }

    public void Say(string reason, params ReadOnlySpan<string> metrics)
    {
        foreach (var metric in metrics) _reasons[metric] = reason;
    }
}
