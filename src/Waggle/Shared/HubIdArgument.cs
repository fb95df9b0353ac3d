using System.CommandLine;

namespace Waggle.Shared;

/// <summary>The id of an object in the hub, with the advice that follows the error when the hub has no such object.</summary>
internal sealed class HubIdArgument(string name, string advice) : Argument<string>(name)
{
    /// <summary>The command that lists the existing ids, as a sentence.</summary>
    public string Advice => advice;
}
