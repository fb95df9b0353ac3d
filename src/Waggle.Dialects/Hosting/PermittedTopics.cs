using Waggle.Core;
using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Protocol;
using Waggle.Protocol.Topics;

namespace Waggle.Dialects.Hosting;

/// <summary>Converts the topics that a client names to the patterns that it may read.</summary>
internal static class PermittedTopics
{
    /// <param name="patterns">The patterns without those that <see cref="SubscribeIntent.AsPermitted"/> leaves out; it may then be empty.</param>
    /// <returns>Null, or the reason why the client gets none of them.</returns>
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
            if (!(intent.Globs ? TopicPattern.TryParseGlob(topics[i], out read[count]) : TopicPattern.TryParse(topics[i], out read[count])))
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
