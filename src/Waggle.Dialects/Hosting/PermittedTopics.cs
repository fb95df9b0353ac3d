using Waggle.Core;
using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Protocol;
using Waggle.Protocol.Topics;

namespace Waggle.Dialects.Hosting;

/// <summary>From the topics that a client names to the patterns that it may hear.</summary>
internal static class PermittedTopics
{
    /// <param name="patterns">Without those that are left out, see <see cref="SubscribeIntent.AsPermitted"/>; then it may be empty.</param>
    /// <returns>Null, or why the client gets none of them.</returns>
    public static Error? Read(SubscribeIntent intent, Principal by, out TopicPattern[] patterns)
    {
        patterns = [];
        var topics = intent.Topics;
        if (topics.Count is 0 or > Limits.MaxTopicsPerSubscribe)
            return Invalid($"topics has 1 to {Limits.MaxTopicsPerSubscribe} entries; there were {topics.Count}.");

        var read = new TopicPattern[topics.Count];
        var count = 0;
        for (var i = 0; i < read.Length; i++)
        {
            if (!TopicPattern.TryParse(topics[i], out read[count]))
                return Invalid($"topics[{i}] is not a topic or pattern: dot-separated segments; '*' for one segment, '#' for one or more at the end.");
            if (!intent.AsPermitted && Topic.UnknownRoot(read[count]) is { } unknown) return Invalid($"topics[{i}]: {unknown}");
            if (by.Problem(read[count]) is not { } problem) count++;
            else if (!intent.AsPermitted) return new Error(ErrorCodes.Forbidden, $"topics[{i}]: {problem}");
        }

        if (count < read.Length) Array.Resize(ref read, count);
        patterns = read;
        return null;
    }

    private static Error Invalid(string message) => new(ErrorCodes.InvalidRequest, message);
}
