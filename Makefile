# make                 artifacts/bti-supervise, one native file
# make container       artifacts/container/bti-supervise, the same linked statically, for images
# make arm64           artifacts/arm64/bti-supervise, linked statically for arm64, from any machine
# make install         into $(DESTDIR)$(PREFIX)
# make deb             artifacts/bti-supervise_VERSION_ARCHITECTURE.deb, for amd64 and arm64 (make deb-amd64: only that)
# make tarball         artifacts/bti-supervise-VERSION-linux-ARCHITECTURE.tar.gz, the same for other systems (make tarball-amd64)
# make demo            runs it on real programs in a lab of network namespaces
# make test            most tests; the next two run the others
# make test-systems    the tests that boot systemd, install the packages and run containers
# make test-kernels    tests on other kernels and on arm64, in emulated machines
# make bench           measures what it costs
# make picture         docs/demo.svg, from the output of the demo
# make generate        writes what comes from the table of settings: completions, the schema of profiles, parts of the man pages and the README
# make clean

PREFIX = /usr/local
DESTDIR =

SHELL = /bin/bash
.SHELLFLAGS = -euo pipefail -c
.ONESHELL:
.DELETE_ON_ERROR:
.NOTPARALLEL: # two builds of one project would write the same files
.PHONY: build install uninstall demo picture test test-systems test-kernels bench generate clean container arm64 deb tarball

export DOTNET_CLI_TELEMETRY_OPTOUT = 1
export DOTNET_NOLOGO = 1
# Build servers that go on running would keep the output of make open, and a caller would wait for its end.
QUIETLY = --disable-build-servers --nologo --verbosity quiet

EXECUTABLE = artifacts/bti-supervise
STATIC_EXECUTABLE = artifacts/container/bti-supervise
ARM64_EXECUTABLE = artifacts/arm64/bti-supervise
LAB_SERVER = tests/LabServer/bin/Release/net10.0/LabServer.dll
sources = $(shell find $(1) -name bin -prune -o -name obj -prune -o -name '*.cs' -print -o -name '*.c' -print -o -name '*.csproj' -print -o -name '*.props' -print) $(wildcard Directory.*.props)

build: $(EXECUTABLE)
	@echo "make: $(EXECUTABLE) is up to date. Next: make demo (runs it on real programs), make test, or make install (as root)"

# --- the executable ----------------------------------------------------------------------------

ARCHITECTURE = $(if $(filter aarch64,$(shell uname -m)),arm64,x64)
# A lock file is valid for one runtime identifier only.
NATIVE = src/Supervisor --runtime linux-$(ARCHITECTURE) $(if $(filter arm64,$(ARCHITECTURE)),-p:LockSuffix=.arm64)
CC = $(firstword $(foreach name,gcc clang,$(if $(shell command -v $(name)),$(name))))

define CHECK_SDK
if ! command -v dotnet >/dev/null; then
    echo "make: dotnet is missing: install the .NET SDK 10, https://dotnet.microsoft.com/download (not in Debian)" >&2
    exit 1
elif ! dotnet --list-sdks | grep -qE '^[1-9][0-9]+\.'; then
    echo "make: the .NET SDK 10 is missing. Only this one is installed: $$(dotnet --list-sdks | cut -d ' ' -f 1 | paste -sd ' '): https://dotnet.microsoft.com/download" >&2
    exit 1
fi
endef

define CHECK_LINKER
if [ -z "$(CC)" ]; then
    echo "make: a linker is missing: apt-get install gcc libc6-dev (or clang)" >&2
    exit 1
elif ! echo 'int main(void) { return 0; }' | $(CC) -x c -o /dev/null - 2>/dev/null; then
    echo "make: $(CC) cannot link a program: apt-get install libc6-dev" >&2
    exit 1
fi
endef

# $(call PUBLISH,MORE OPTIONS): leaves the native executable as the target.
define PUBLISH
$(CHECK_SDK)
$(CHECK_LINKER)
echo "make: restoring the packages for $@"
framework=net10.0
restore() {
    dotnet restore $(NATIVE) -p:NativeFramework=$$framework --disable-build-servers --verbosity quiet
}
if ! restore >/dev/null 2>&1; then
    framework=net9.0
    echo "make: the native compiler of .NET 10 cannot be downloaded here. Building with that of .NET 9" >&2
    restore
fi
echo "make: compiling $@ ahead of time, which takes about a minute"
# If only the linker's options differ, it is not run again. So its output is removed.
find src/Supervisor -path '*/native/bti-supervise' -delete
dotnet publish $(NATIVE) --configuration Release --no-restore --output $@.publish \
    -p:NativeFramework=$$framework -p:CppCompilerAndLinker=$(CC) $(1) $(QUIETLY)
mv $@.publish/bti-supervise $@
rm -r $@.publish
endef

$(EXECUTABLE): $(call sources,src)
	@mkdir -p $(@D)
	$(call PUBLISH)

# Statically linked, for images without libc. Not position-independent, because of a bug of binutils 2.40.
$(STATIC_EXECUTABLE): $(EXECUTABLE)
	@mkdir -p $(@D)
	$(call PUBLISH,-p:StaticExecutable=true -p:PositionIndependentExecutable=false)

container: $(STATIC_EXECUTABLE)
	@echo "make: $(STATIC_EXECUTABLE) is up to date. Next: docs/containers.md"

# For arm64, from any machine. clang compiles for both, and it can be installed beside gcc-multilib; Debian's cross gcc cannot.
$(ARM64_EXECUTABLE): ARCHITECTURE = arm64
$(ARM64_EXECUTABLE): CC = clang
$(ARM64_EXECUTABLE): $(call sources,src)
	@mkdir -p $(@D)
	tests/packages.sh tests/kernels/arm64-packages.txt
	$(call PUBLISH,-p:StaticExecutable=true -p:PositionIndependentExecutable=false -p:CompilerTarget=--target=aarch64-linux-gnu -p:ObjCopyName=aarch64-linux-gnu-objcopy)

arm64: $(ARM64_EXECUTABLE)
	@echo "make: $(ARM64_EXECUTABLE) is up to date. Next: copy it to an arm64 machine, or run make test-kernels, which tries it in an emulated one"

# --- installing --------------------------------------------------------------------------------

# What is installed, once for make install, the Debian package and the tarball: FILE:PATH BELOW THE PREFIX. The executable stands
# before it. The drop-ins and the files for containers are examples. A user copies them.
DOCUMENTS = share/doc/bti-supervise
SCHEMAS = share/bind-to-interface
INSTALLED = \
    $(foreach page,$(wildcard docs/*.[1-8]),$(page):share/man/man$(subst .,,$(suffix $(page)))/$(notdir $(page))) \
    $(foreach unit,$(wildcard deploy/systemd/*.service),$(unit):lib/systemd/system/$(notdir $(unit))) \
    $(foreach schema,$(wildcard deploy/*.schema.json),$(schema):$(SCHEMAS)/$(notdir $(schema))) \
    deploy/completions/bti-supervise.bash:share/bash-completion/completions/bti-supervise \
    deploy/completions/_bti-supervise:$(ZSH_FUNCTIONS)/_bti-supervise \
    deploy/completions/bti-supervise.fish:share/fish/vendor_completions.d/bti-supervise.fish \
    $(foreach file,$(wildcard deploy/systemd/*.d/*.conf deploy/container/*),$(file):$(DOCUMENTS)/$(patsubst deploy/%,%,$(file))) \
    $(foreach file,README.md CHANGELOG.md SECURITY.md $(wildcard docs/*.md docs/*.svg docs/howto/*.md),$(file):$(DOCUMENTS)/$(file)) \
    deploy/debian/copyright:$(DOCUMENTS)/copyright
# Debian's zsh looks in this folder below /usr/local, and in share/zsh/vendor-completions below /usr.
ZSH_FUNCTIONS = share/zsh/site-functions
# The units read their environment files here, for every prefix. make uninstall does not remove it: the files are the administrator's.
SETTINGS = /etc/bind-to-interface

# $(call INSTALL,EXECUTABLE,FOLDER OF THE PREFIX)
define INSTALL
umask 022
install -D -m 755 $(1) $(2)/bin/bti-supervise
for pair in $(INSTALLED); do install -D -m 644 "$${pair%%:*}" "$(2)/$${pair#*:}"; done
endef

install: $(EXECUTABLE)
	@$(call INSTALL,$(EXECUTABLE),$(DESTDIR)$(PREFIX))
	install -d -m 755 $(DESTDIR)$(SETTINGS)
	echo "make: the settings of the units and the profiles belong into $(SETTINGS). Before you use the units, run: systemctl daemon-reload"
	echo "make: installed. Next: bti-supervise --help, man bti-supervise, or docs/systemd.md for a service"

uninstall:
	@rm -f $(DESTDIR)$(PREFIX)/bin/bti-supervise
	for pair in $(INSTALLED); do rm -f "$(DESTDIR)$(PREFIX)/$${pair#*:}"; done
	rm -rf $(addprefix $(DESTDIR)$(PREFIX)/,$(DOCUMENTS) $(SCHEMAS))

# --- packages ----------------------------------------------------------------------------------

# Debian's names of architectures. On an arm64 machine only its own.
PACKAGED = $(if $(filter arm64,$(ARCHITECTURE)),arm64,amd64 arm64)
PACKAGED_EXECUTABLE_amd64 = $(STATIC_EXECUTABLE)
PACKAGED_EXECUTABLE_arm64 = $(if $(filter arm64,$(ARCHITECTURE)),$(STATIC_EXECUTABLE),$(ARM64_EXECUTABLE))
PACKAGE_SOURCES = $(wildcard deploy/debian/* deploy/tarball/*) $(foreach pair,$(INSTALLED),$(firstword $(subst :, ,$(pair)))) Makefile

PACKAGE_VERSION := $(patsubst <VersionPrefix>%</VersionPrefix>,%,$(filter <VersionPrefix>%,$(file <Directory.Build.props)))
DEBIAN_VERSION := $(patsubst (%),%,$(word 2,$(file <deploy/debian/changelog)))

# What is packed has the date of the newest entry, so that it does not matter when a package is made.
define PREPARE_PACKAGE
if [ "$(DEBIAN_VERSION)" != "$(PACKAGE_VERSION)-$(lastword $(subst -, ,$(DEBIAN_VERSION)))" ]; then
    echo "make: deploy/debian/changelog begins with $(DEBIAN_VERSION), but the version in Directory.Build.props is $(PACKAGE_VERSION): add an entry" >&2
    exit 1
fi
export SOURCE_DATE_EPOCH=$${SOURCE_DATE_EPOCH:-$$(date --date "$$(sed -n 's/^ -- .*>  //p' deploy/debian/changelog | head -n 1)" +%s)}
root=$@.root
rm -rf $$root
endef

deb: $(addprefix deb-,$(PACKAGED))
tarball: $(addprefix tarball-,$(PACKAGED))

.SECONDEXPANSION: # a package's executable depends on its architecture

$(addprefix deb-,$(PACKAGED)): deb-%: artifacts/bti-supervise_$(DEBIAN_VERSION)_%.deb
	@echo "make: $< is up to date. Next: apt-get install ./$< (as root)"

$(addprefix tarball-,$(PACKAGED)): tarball-%: artifacts/bti-supervise-$(PACKAGE_VERSION)-linux-%.tar.gz
	@echo "make: $< is up to date. Next: docs/install.md"

artifacts/bti-supervise_$(DEBIAN_VERSION)_%.deb: ZSH_FUNCTIONS = share/zsh/vendor-completions
artifacts/bti-supervise_$(DEBIAN_VERSION)_%.deb: $$(PACKAGED_EXECUTABLE_$$*) $(PACKAGE_SOURCES)
	@$(PREPARE_PACKAGE)
	$(call INSTALL,$<,$$root/usr)
	deploy/debian/build.sh $$root $* $(DEBIAN_VERSION) $@
	rm -r $$root

# The folder in it is a prefix, with the note how to put it in its place.
artifacts/bti-supervise-$(PACKAGE_VERSION)-linux-%.tar.gz: $$(PACKAGED_EXECUTABLE_$$*) $(PACKAGE_SOURCES)
	@$(PREPARE_PACKAGE)
	folder=$(basename $(basename $(@F)))
	$(call INSTALL,$<,$$root/$$folder)
	install -m 644 deploy/tarball/INSTALL $$root/$$folder/INSTALL
	tar --create --directory=$$root --format=gnu --sort=name --mtime=@$$SOURCE_DATE_EPOCH --owner=root:0 --group=root:0 \
	    $$folder | gzip --best --no-name >$@
	rm -r $$root

# --- trying it ---------------------------------------------------------------------------------

$(LAB_SERVER): $(call sources,tests/LabServer)
	@$(CHECK_SDK)
	dotnet build tests/LabServer --configuration Release $(QUIETLY)
	touch $@

demo: $(EXECUTABLE) $(LAB_SERVER)
	@tests/packages.sh tests/lab/packages.txt
	tests/lab/demo.sh

picture: $(EXECUTABLE) $(LAB_SERVER)
	@tests/packages.sh tests/lab/packages.txt
	tests/lab/demo.sh | tests/lab/demo-svg.sh >docs/demo.svg

test test-systems: export BTI_TESTS_MUST_RUN = 1

test: $(EXECUTABLE)
	@tests/packages.sh tests/lab/packages.txt tests/EndToEnd/packages.txt
	tests/run.sh tests/Policy.Tests tests/Supervisor.Tests tests/EndToEnd

test-systems: $(EXECUTABLE) $(STATIC_EXECUTABLE) deb tarball
	@tests/packages.sh tests/lab/packages.txt tests/EndToEnd/packages.txt tests/Systems/packages.txt
	tests/run.sh tests/Systems

test-kernels: $(STATIC_EXECUTABLE) $(ARM64_EXECUTABLE)
	@tests/packages.sh tests/lab/packages.txt tests/kernels/packages.txt tests/kernels/arm64-packages.txt
	tests/kernels/run.sh

bench: $(EXECUTABLE) $(LAB_SERVER)
	@bench/run.sh

generate:
	@$(CHECK_SDK)
	BTI_GENERATE=1 dotnet test tests/Supervisor.Tests --filter FullyQualifiedName~GeneratedText $(QUIETLY)

clean:
	@rm -rf artifacts src/*/bin src/*/obj tests/*/bin tests/*/obj bench/*/bin bench/*/obj
