using Waggle.Core.Kernel;

namespace Waggle.Dialects.Hosting;

/// <summary>For commands of a client that is gone.</summary>
internal sealed class NoSink : IOutcomeSink
{
    public static readonly NoSink Instance = new();

    public void Complete(object? tag, in Outcome outcome)
    {
    }
}
