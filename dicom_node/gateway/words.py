"""What the gateway's page says, in the words of whoever looks after a county's machines."""

import re
from typing import Final

LANGUAGES: Final = ("zh-CN", "en")

WORDS: Final[dict[str, tuple[str, str]]] = {
    "title": ("影像网关", "Imaging gateway"),
    "site": ("所属医院", "Hospital"),
    "gateway": ("本网关", "This gateway"),
    "gateway.named": ("{machine}，编号尾号 {digits}", "{machine}, number ending in {digits}"),
    "token": ("令牌", "Token"),
    "token.shared": (
        "另有网关在使用同一令牌，图像不受影响。请管理员为每台网关单独登记设备并签发令牌。",
        "Another gateway uses the same token; no image is harmed. Ask the administrator to enter each as a device of its own, with its own token.",
    ),
    "line": ("到中心的线路", "Line to the centre"),
    "line.ok": ("正常", "Good"),
    "line.silent": ("中心暂无应答，正在重试", "No answer at present, trying again"),
    "line.since": ("{seconds} 秒前联系", "heard from {seconds} s ago"),
    "line.never": ("正在连接……", "Connecting …"),
    "rtt": ("往返时间", "Round trip"),
    "speed": ("最近一分钟速度", "Speed over the last minute"),
    "packing": ("压缩传输", "Packed transfer"),
    "packing.on": (
        "正在使用：无损压缩，到中心后还原为原文件，逐字节相同",
        "In use: lossless, and byte by byte the original again at the centre",
    ),
    "packing.off": ("线路较快，暂不需要", "Not needed while the line is quick"),
    "packing.never": ("已关闭", "Switched off"),
    "packing.unknown": (
        "中心版本较旧，不能还原压缩文件，按原样发送",
        "The centre is older and can't unpack: objects go as they are",
    ),
    "packing.saved": (
        "{files} 个文件共发送 {sent}，原为 {size}，节省 {percent}%",
        "{files} files: {sent} sent instead of {size}, {percent} % saved",
    ),
    "packing.refused": (
        "{files} 个文件未能在中心还原，已按原样发送（{why}），无需处理",
        "Sent as they are, for the centre could not unpack them: {files} files ({why})",
    ),
    "packing.damaged": ("文件不完整或已损坏", "incomplete or damaged"),
    "packing.digest": ("还原后与原文件不一致", "not the original when unpacked"),
    "packing.too_large": ("还原后过大", "too large when unpacked"),
    "clock": ("本机时钟", "This machine's clock"),
    "clock.ok": ("与中心一致", "Agrees with the centre"),
    "clock.fast": (
        "比中心快 {span}，请校正本机日期时间。图像照常上传，不受影响。",
        "{span} ahead of the centre's: please set date and time. Images are sent all the same.",
    ),
    "clock.slow": (
        "比中心慢 {span}，请校正本机日期时间。图像照常上传，不受影响。",
        "{span} behind the centre's: please set date and time. Images are sent all the same.",
    ),
    "span.seconds": ("{n} 秒", "{n} seconds"),
    "span.minutes": ("{n} 分钟", "{n} minutes"),
    "span.hours": ("{n} 小时", "{n} hours"),
    "span.days": ("{n} 天", "{n} days"),
    "span.years": ("{n} 年", "{n} years"),
    "disk": ("可用磁盘", "Free disk"),
    "disk.ok": ("可再接收 {size}", "Room for {size}"),
    "disk.full": (
        "磁盘已满：新图像不再接收，设备上会显示发送失败，腾出空间后请在设备上重发。已接收的图像安全，仍在上传。",
        "The disk is full: nothing new is taken in and modalities show a failure; free some space and send again there. "
        "What was received is safe and still being sent.",
    ),
    "dicom": ("设备发送到", "Modalities send to"),
    "dicom.where": ("AE 标题 {title}，端口 {port}，地址为本机 IP", "AE title {title}, port {port}, at this machine's IP address"),
    "dicom.stat": ("急诊发送到", "Urgent cases to"),
    "refused": ("最近被拒绝的来访", "Last caller turned away"),
    "refused.why": (
        "请在设备上核对被叫 AE 标题和本机地址。",
        "Check the called AE title and this machine's address on the modality.",
    ),
    "waiting": ("等待上传", "Waiting to be sent"),
    "waiting.none": ("没有等待上传的图像。", "Nothing waits."),
    "waiting.sum": ("{files} 个文件，{size}", "{files} files, {size}"),
    "sent": ("最近的检查", "Recent studies"),
    "parked": ("无法上传，需要处理", "Could not be sent: please look"),
    "parked.where": (
        "文件保存在 {folder}，原因见下。请联系平台管理员。",
        "The files are kept in {folder}, with the reason below. Please call the platform's administrator.",
    ),
    "patient": ("患者", "Patient"),
    "study": ("检查", "Study"),
    "source": ("来源", "From"),
    "files": ("文件数", "Files"),
    "state": ("状态", "State"),
    "stat": ("急", "STAT"),
    "state.waiting": ("等待 {n}", "{n} wait"),
    "state.sent": ("中心已收 {n}", "{n} at the centre"),
    "state.doubt": ("待中心核对 {n}", "{n} kept apart at the centre, to be checked there"),
    "state.test": ("线路检测图像，中心已收到 {n}", "test image of a line check, {n} reached the centre"),
    "state.ended": ("已完成", "complete"),
    "token.refused": (
        "中心不接受本网关的令牌（可能已吊销）。请平台管理员重新签发链接，再运行：teleconsult gateway --home {home} --setup 链接。图像不会丢失。",
        "The centre does not accept this gateway's token; it may have been revoked. Ask the platform's administrator for a new "
        "link and run: teleconsult gateway --home {home} --setup LINK. No image is lost.",
    ),
    "line.dns": (
        "找不到中心服务器的名称。请检查网线、路由器和 DNS 设置。恢复后自动续传。",
        "The centre's name can't be resolved: check cable, router and DNS. Sending goes on by itself.",
    ),
    "line.unreachable": (
        "到中心的网络不通。请检查网线、4G 路由器或防火墙。恢复后自动续传。",
        "No way to the centre: check cable, 4G router, firewall. Sending goes on by itself.",
    ),
    "line.refused": (
        "中心服务器没有应答（连接被拒绝）。可能正在重启，稍后自动重试。",
        "The centre refuses the connection; it may be restarting. It is tried again by itself.",
    ),
    "line.timeout": (
        "传输超时：线路很慢或中断，图像暂未送到中心。已减小每次发送的数据量，自动重试。急诊请电话通知中心。",
        "Timed out: the line is very slow or down, and nothing reaches the centre at present. Smaller pieces are tried by themselves. Urgent? Phone the centre.",
    ),
    "line.broken": ("传输中断，正在从断点续传。", "The line broke; sending goes on from where it was."),
    "line.certificate": (
        "无法核对中心的证书。请先检查本机日期时间是否正确，再联系平台管理员。",
        "The centre's certificate can't be verified. Check this machine's date and time first, then call the administrator.",
    ),
    "line.tls": (
        "加密连接失败，可能被防火墙或代理干扰。请联系网络管理员。",
        "Encryption failed; a firewall or proxy may interfere. Call whoever runs the network.",
    ),
    "line.pin": (
        "中心出示的证书与设置链接中的不同。可能证书已更换：请平台管理员重新签发链接。在此之前不发送任何图像。",
        "The centre shows another certificate than the setup link named. It may have been replaced: ask for a new link. Until then nothing is sent.",
    ),
    "centre.other": (
        "应答的不是本平台（可能是上网认证页面）。请检查该网络是否需要登录，或地址是否正确。",
        "Somebody other than the platform answers, perhaps a login page of the network. Check whether it asks for a login, and the address.",
    ),
    "centre.away": ("中心服务暂停，稍后自动重试。", "The centre's service is away; it is tried again by itself."),
    "centre.busy": ("中心忙，稍后自动重试。", "The centre is busy; it is tried again by itself."),
    "centre.full": (
        "中心存储已满，稍后自动重试。请通知平台管理员。",
        "The centre's storage is full; it is tried again by itself. Tell the platform's administrator.",
    ),
    "gateway.fault": (
        "网关程序出错，图像安全，自动重试。请联系平台管理员并提供日志。",
        "The gateway itself failed; images are safe and it tries again. Call the administrator and pass on the log.",
    ),
    "disk.damaged": (
        "本机磁盘上的文件已损坏，与接收时不同。请在设备上重发该检查，并检查磁盘。",
        "The file on this disk is damaged. Send the study again from the modality, and have the disk checked.",
    ),
    "parked.unsaid": (
        "中心没有接受该文件；当时本机磁盘已满，原因未能写在旁边，见网关日志。",
        "The centre did not take it. This disk was full, so the reason could not be kept beside it: the gateway's log has it.",
    ),
    "object.unreadable": ("中心无法读取该文件。", "The centre can't read the file."),
    "object.no_uids": ("文件缺少必要的标识。", "The file lacks identifiers it needs."),
    "object.class_mismatch": ("文件类型与声明不一致。", "The file is not of the class it says."),
    "upload.too_large": ("文件超过中心允许的大小。", "The file is larger than the centre takes."),
}  # fmt: skip


def say(language: str, code: str, **params: object) -> str:
    """The words for a code; an unknown code is shown as it is, so that it can be passed on."""
    found = WORDS.get(code)
    if found is None:
        return code
    return found[0].format(**params) if language != "en" else _ONE.sub("1 file", found[1].format(**params))


_UNITS: Final = (("years", 365.25 * 86400), ("days", 86400.0), ("hours", 3600.0), ("minutes", 60.0))


def span(language: str, seconds: float) -> str:
    """A length of time in the largest unit of which there are two, as somebody would say it."""
    for unit, size in _UNITS:
        if seconds >= 2 * size:
            return say(language, f"span.{unit}", n=round(seconds / size))
    return say(language, "span.seconds", n=round(seconds))


_ONE: Final = re.compile(r"\b1 files\b")


def preferred(accepted: str) -> str:
    """The page's language for an Accept-Language header (RFC 9110 12.5.4): Chinese unless English is wanted more."""
    weights = {language: 0.0 for language in LANGUAGES}
    for part in accepted.lower().split(","):
        named, _, weight = part.partition(";")
        for language in LANGUAGES:
            if named.strip().split("-")[0] == language.split("-")[0]:
                found = re.fullmatch(r"\s*q=([01](?:\.\d{0,3})?)\s*", weight)
                weights[language] = max(weights[language], float(found[1]) if found else 1.0)
    return "en" if weights["en"] > weights["zh-CN"] else "zh-CN"
