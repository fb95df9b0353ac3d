using Waggle.Core.Kernel;

namespace Waggle.Dialects.Hosting;

/// <summary>Ignores the outcomes of commands whose client is gone.</summary>
internal sealed class NoSink : IOutcomeSink
{
    public static readonly NoSink Instance = new();

    public void Complete(object? tag, in Outcome outcome)
    {
    }
}
