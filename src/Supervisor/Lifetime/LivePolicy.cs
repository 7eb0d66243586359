using BindToInterface.Policy.Routes;
using BindToInterface.Supervisor.Sockets;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace BindToInterface.Supervisor.Lifetime;

/// <summary>
/// Owns the policy that counts: what the user asked for, and what the host tells at the moment of <c>--exclude lan</c> and of host
/// names. Where either changes, another policy takes the place of the former one, for calls that begin then.
/// </summary>
internal sealed class LivePolicy : IHostedService
{
    private readonly Lock gate = new();
    private readonly LanWatch lan;
    private readonly NameWatch names;
    private TrafficPolicyOptions options;
    private HostNetworks host = HostNetworks.None;
    private bool isFollowing;

    public LivePolicy(TrafficPolicyOptions options, InterfaceBinder binder, ILogger logger)
    {
        this.options = options;
        Current = new CurrentPolicy(new TrafficPolicy(options));
        lan = new LanWatch(this, binder, logger);
        names = new NameWatch(this, binder, logger);
    }

    /// <summary>The policy that calls take.</summary>
    public CurrentPolicy Current { get; }

    /// <summary>Whether something that the user named has to be followed.</summary>
    public bool HasWords => IsFollowed(Current.Take().Options);

    /// <summary>Finds what the user named by words, before the program starts. Waits for nameservers, but not for long.</summary>
    public void Find()
    {
        if (HasWords)
        {
            lan.Look();
            names.LookUp();
        }
    }

    /// <summary>The user asks for something else.</summary>
    public void Change(TrafficPolicyOptions asked)
    {
        lock (gate)
        {
            options = asked;
            Publish();
        }

        if (IsFollowed(asked))
        {
            lan.Look();
            if (isFollowing)
            {
                Follow();
            }
        }
    }

    /// <summary>The host tells something else.</summary>
    /// <param name="change">Makes what it tells now of what it told before.</param>
    /// <returns>Whether that is a change.</returns>
    public bool Change(Func<HostNetworks, HostNetworks> change)
    {
        lock (gate)
        {
            HostNetworks now = change(host);
            if (now.IsAs(host))
            {
                return false;
            }

            host = now;
            Publish();
            return true;
        }
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        isFollowing = true;
        Follow();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static bool IsFollowed(TrafficPolicyOptions options) => options.Restricts && (options.Exclude.HasLan || options.Exclude.Names.Count > 0);

    private void Follow()
    {
        lan.Follow();
        names.Follow();
    }

    private void Publish() => Current.Replace(new TrafficPolicy(options, host));
}
