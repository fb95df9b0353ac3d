using Waggle.Core.Kernel;

namespace Waggle.Core.Chat;

/// <summary>A purge erases the texts of messages.</summary>
/// <param name="Messages">The ids of the messages, which the batch has fetched.</param>
internal sealed record ChatErased(IReadOnlyList<string> Messages) : InternalData;
