using Waggle.Core.Kernel;

namespace Waggle.Core.Notifications;

/// <summary>A purge erases the texts of notifications.</summary>
/// <param name="Ids">The notifications, which the batch has fetched.</param>
internal sealed record NotificationsErased(IReadOnlyList<string> Ids) : InternalData;
